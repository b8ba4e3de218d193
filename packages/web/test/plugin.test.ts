import { buildGraph, definePlugin, silentLogger, startPlugins, systemClock } from '@sheaf/core';
import { describe, expect, test } from 'vitest';
import { createMemoryHostGate, type WebClient, webErrors, webPlugin, webRef } from '../src/index.ts';
import { failureOf, startSite } from './site.ts';

describe('the web plugin', () => {
  test('gives others a client that is paced by the shared gate, and closes it in the end', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nDisallow: /private', '/': 'home' });
    const hostGates = createMemoryHostGate();
    const data = definePlugin({ id: 'data', setup: () => ({ hostGates }) });
    let web: WebClient | undefined;
    const reader = definePlugin({
      id: 'reader',
      needs: { web: webRef },
      setup: ({ needs }) => {
        web = needs.web;
        return {};
      },
    });
    const plugins = [data, webPlugin({ allowPrivate: true, minDelayMs: 0 }), reader];
    const started = await startPlugins({ graph: buildGraph(plugins), clock: systemClock, log: silentLogger });
    expect((await web?.get(site.origin))?.status).toBe(200);
    expect(await hostGates.loadRobots(site.origin)).toMatchObject({ state: 'rules' });
    await started.stop();
    expect(web && (await failureOf(web.get(site.origin)))).toMatchObject({ code: 'web.canceled' });
  });

  test('refuses options that are not valid when it is made', () => {
    expect(() => webPlugin({ maxRedirects: -1 })).toThrow(expect.objectContaining({ code: 'web.invalid-options' }));
  });
});

describe('the error catalogue', () => {
  test('has a hint for every code of the domain', () => {
    const entries = Object.entries(webErrors.codes);
    expect(entries.length).toBeGreaterThan(10);
    for (const [code, { hint }] of entries) {
      expect(code).toMatch(/^web\.[a-z-]+$/);
      expect(hint).toMatch(/^[A-Z].+\.$/);
    }
  });
});
