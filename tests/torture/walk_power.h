/* Steps of the walk: power cuts, and time. */
#ifndef TORTURE_WALK_POWER_H
#define TORTURE_WALK_POWER_H

void walk_crash(void);   /* at the next passage of some point */
void walk_kill(void);    /* at once */
void walk_reload(void);  /* of the settings: new processes, and the old ones finish */
void walk_restart(void); /* of the whole site */
void walk_minutes(void);
void walk_hours(void);
void walk_day(void);

#endif
