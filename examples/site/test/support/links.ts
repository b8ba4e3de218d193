import { type Route, renderRoute, type ScenarioName, scenarioNamed } from '@sheaf/example-site';

/** The HTML a route answers in a scenario, or undefined when it answers something else. */
export function htmlOf(route: Route, scenario: ScenarioName = 'initial'): string | undefined {
  const answer = renderRoute(route, scenarioNamed(scenario));
  const type = answer.headers['content-type'] ?? '';
  if (answer.status !== 200 || !type.startsWith('text/html') || typeof answer.body === 'function') return undefined;
  const charset = /charset=([\w-]+)/.exec(type + Buffer.from(answer.body).toString('latin1'))?.[1] ?? 'utf-8';
  return new TextDecoder(charset).decode(answer.body);
}

/** The canonical URIs a page links to by `<a href>`, in order. */
export function linksOf(route: Route, scenario: ScenarioName = 'initial'): string[] {
  const html = htmlOf(route, scenario);
  if (!html) return [];
  const base = new URL(attribute(html, /<base href="([^"]*)"/) ?? '', `http://${route.host}${route.path}`);
  return [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = '']) =>
    canonical(href.replaceAll('&amp;', '&'), base),
  );
}

/** The URI that `rel=canonical` names, resolved. */
export function canonicalOf(route: Route): string | undefined {
  const href = attribute(htmlOf(route) ?? '', /<link rel="canonical" href="([^"]*)"/);
  return href === undefined ? undefined : canonical(href, `http://${route.host}${route.path}`);
}

/** The identity of a URL as the example site promises it. */
export function canonical(href: string, base?: string | URL): string {
  const url = new URL(href, base);
  url.hash = '';
  return url.href.replace(/%[0-9a-f]{2}/gi, (sequence) => {
    const character = decodeURIComponent(/%[0-7]/.test(sequence) ? sequence : '%25');
    return /[A-Za-z0-9._~-]/.test(character) ? character : sequence.toUpperCase();
  });
}

function attribute(html: string, pattern: RegExp): string | undefined {
  return pattern.exec(html)?.[1];
}
