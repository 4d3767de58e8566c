// What must be true of every page of a run, in a real browser without a network.
import { chromium } from 'playwright-core';
import { readdirSync, existsSync } from 'node:fs';
import { resolve, join } from 'node:path';

const [executablePath, ...runs] = process.argv.slice(2);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args: flags });
let passed = 0;
let failed = 0;

function expect(condition, page, what) {
  if (condition) { passed += 1; return; }
  failed += 1;
  console.log(`FAIL ${page}: ${what}`);
}

function pages(run) {
  const findings = join(run, 'findings');
  const ids = existsSync(findings) ? readdirSync(findings) : [];
  return [join(run, 'index.html'), ...ids.map(id => join(findings, id, 'report.html'))];
}

for (const path of runs.flatMap(pages)) {
  for (const [width, scheme] of [[1400, 'light'], [600, 'dark']]) {
    const context = await browser.newContext(
      { offline: true, javaScriptEnabled: true, colorScheme: scheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const requests = [];
    const errors = [];
    page.on('request', request => requests.push(request.url()));
    page.on('pageerror', error => errors.push(String(error)));
    page.on('console', message => { if (message.type() === 'error') errors.push(message.text()); });
    await page.goto('file://' + resolve(path));
    const where = `${path} at ${width}`;
    expect(requests.length === 1, where, `asked for ${requests.slice(1)}`);
    expect(errors.length === 0, where, errors.join('; '));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow <= 0, where, `${overflow} pixels wider than the window`);
    const dangling = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
      .map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id)));
    expect(dangling.length === 0, where, `links to nothing: ${dangling}`);
    const broken = (await page.evaluate(() => [...document.querySelectorAll('a')]
      .map(a => a.getAttribute('href')).filter(href => href && !href.startsWith('#'))))
      .filter(href => !existsSync(resolve(path, '..', href.split('#')[0])));
    expect(broken.length === 0, where, `links to files that are not there: ${broken}`);
    await context.close();
  }
  if (path.endsWith('report.html')) {
    const context = await browser.newContext({ offline: true, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto('file://' + resolve(path));
    expect(await page.locator('svg').count() > 0, path, 'no diagram without JavaScript');
    expect(await page.locator('tr[id^="e"]').count() > 0, path, 'no event table without JavaScript');
    await context.close();
  }
}
await browser.close();
console.log(`pages: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
