# Which lines the tests ran, from gcovr's CSV (sorted): each file, each part of the program,
# and whether the budgets hold. Where money, bookings and availability are decided that is
# 95 of 100 lines, elsewhere 80, for each file.
BEGIN {
    FS = ","
    name("money", "calls cancellations checkout customers debts differences disputes" \
        " disputes_evidence disputes_record earnings events events_types freezes" \
        " host_accounts ledger payments payments_apply pricing reconcile reconcile_books" \
        " reconcile_lists refunds refunds_apply stripe_ops stripe_ops_find transfers" \
        " transfers_apply transfers_reverse")
    name("bookings", "agenda bookings bookings_hold claims visits")
    name("availability", "availability availability_host calendars cells hours slots")
    # prep-media may not write its counts; who fails a check is gone at once.
    skip["src/main/media.c"]
    skip["src/util/guard.c"]
    printf "%-34s %6s %6s %7s\n", "", "lines", "run", "%"
}

function name(part, modules,   n, i, list) {
    n = split(modules, list, " ")
    for (i = 1; i <= n; i++) part_of[list[i]] = part
    budget[part] = 95
}

function percent(run, all) { return all == 0 ? 100 : int(run * 1000 / all) / 10 }

function row(what, run, all, least,   p, bad) {
    p = percent(run, all)
    bad = p < least
    failed += bad
    return sprintf("%-34s %6d %6d %7.1f%s", what, all, run, p, bad ? "  under " least : "")
}

NR > 1 && !($1 in skip) {
    split($1, path, "/")
    module = path[3]
    sub(/[.][ch]$/, "", module)
    part = path[2] == "domain" && module in part_of ? part_of[module] : path[2]
    least = part in budget ? budget[part] : 80
    print row($1, $3, $2, least)
    lines[part] += $2; run[part] += $3
    lines_all += $2; run_all += $3
}

END {
    if (NR < 2) { print "no file was measured"; exit 1 }
    print ""
    for (part in lines) {
        least = part in budget ? budget[part] : 80
        print row(part, run[part], lines[part], least) | "sort"
    }
    close("sort")
    print row("all", run_all, lines_all, 80)
    print failed ? "\nThe budgets do not hold." : "\nThe budgets hold."
    exit failed != 0
}
