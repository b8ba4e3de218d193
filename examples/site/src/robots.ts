import { OTHER_HOST, SITE_HOST, SITE_ORIGIN } from './origins.ts';
import { otherRoute, type Route, siteRoute } from './route.ts';

// Two groups for everybody, which RFC 9309 reads as one; a group for two other crawlers, which is not ours.
const SITE_ROBOTS = `# ${SITE_HOST}: come in, but mind the paint.

User-agent: GreedyBot
User-agent: HoarderBot
Disallow: /

User-agent: *
Disallow: /drafts/
Allow: /drafts/open/
Disallow: /*.tmp$
Disallow: /*?session=

user-agent: QuickBot   # asked us to be kept out
Disallow: /

User-Agent: *
Disallow: /members/
Allow: /members/$

Sitemap: ${SITE_ORIGIN}/sitemap.xml
Sitemap: ${SITE_ORIGIN}/sitemaps/patterns.txt
`;

const OTHER_ROBOTS = `# ${OTHER_HOST}\nUser-agent: *\nDisallow:\n`;

export const robotsRoutes: readonly Route[] = [
  siteRoute('/robots.txt', robotsFile(SITE_ROBOTS)),
  otherRoute('/robots.txt', robotsFile(OTHER_ROBOTS)),
];

function robotsFile(text: string) {
  return {
    kind: 'file',
    contentType: 'text/plain; charset=utf-8',
    content: () => text,
    modified: '2025-01-06',
  } as const;
}
