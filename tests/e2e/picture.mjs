// Makes the picture in the README: E2E_BUILD=BUILDDIR node tests/e2e/picture.mjs
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openBrowser, openPerson } from "./lib.mjs";
import { dayAhead, hold, logIn } from "./people.mjs";
import { startStack } from "./stack.mjs";

const file = fileURLToPath(new URL("../../contrib/pictures/pages.png", import.meta.url));
const size = { width: 1080, height: 800 };
const stack = await startStack({ demo: true, places: true });
const browser = await openBrowser();
try {
  const person = await openPerson(browser, stack, { size });
  const { page } = person;
  const shots = [];
  const shoot = async () => {
    await page.waitForLoadState("networkidle");
    shots.push((await page.screenshot()).toString("base64"));
  };
  await page.goto("/");
  await shoot();
  await page.goto(`/search?where=Austin%2C+TX&date=${dayAhead(3)}&hours=9`);
  await shoot();
  await logIn(person, "vendor@demo.test", "copper kettle seven");
  await page.goto(`/search?where=Austin%2C+TX&date=${dayAhead(3)}&hours=9`);
  await page.locator(".kitchen h3 a").nth(2).click();
  await page.waitForURL(/\/listings\//);
  await page.setViewportSize({ width: 1440, height: 1067 }); // from farther away: it is a long page
  await shoot();
  await page.setViewportSize(size);
  await hold(person);
  await page.frameLocator("#card iframe").getByLabel("Card number").waitFor();
  await shoot();

  const sheet = await browser.newPage({ viewport: { width: 1100, height: 820 } });
  await sheet.setContent(`<!DOCTYPE html><style>
    body { margin: 0; padding: 10px; background: #d9d2c1; display: grid; grid-template-columns: 1fr 1fr; gap: 10px }
    img { width: 100%; border-radius: 6px; display: block }
  </style>${shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join("")}`);
  mkdirSync(new URL(".", `file://${file}`), { recursive: true });
  writeFileSync(file, await sheet.screenshot({ fullPage: true }));
} finally {
  await browser.close();
  await stack.stop();
}
