import { feedRoutes } from './feeds.ts';
import { cornerRoutes } from './pages/corners.ts';
import { courseRoutes } from './pages/course.ts';
import { downloadRoutes } from './pages/downloads.ts';
import { glossaryRoutes } from './pages/glossary.ts';
import { guideRoutes } from './pages/guide.ts';
import { neighbourRoutes } from './pages/neighbour.ts';
import { newsRoutes } from './pages/news.ts';
import { patternRoutes } from './pages/patterns.ts';
import { referenceRoutes } from './pages/reference.ts';
import { supplierRoutes } from './pages/suppliers.ts';
import { welcomeRoutes } from './pages/welcome.ts';
import { robotsRoutes } from './robots.ts';
import type { Route } from './route.ts';
import { sitemapRoutes } from './sitemaps.ts';

/** The definition of the site: everything the server answers other than by 404. */
export const siteRoutes: readonly Route[] = [
  ...robotsRoutes,
  ...sitemapRoutes,
  ...feedRoutes,
  ...welcomeRoutes,
  ...guideRoutes,
  ...referenceRoutes,
  ...patternRoutes,
  ...supplierRoutes,
  ...glossaryRoutes,
  ...newsRoutes,
  ...courseRoutes,
  ...downloadRoutes,
  ...cornerRoutes,
  ...neighbourRoutes,
];
