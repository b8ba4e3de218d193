export { expectedTable, notDocuments } from './expected.ts';
export type {
  DiscoveryMethod,
  ExpectedAlias,
  ExpectedChange,
  ExpectedDocument,
  ExpectedErrorCode,
  ExpectedOutcome,
} from './expected-document.ts';
export { type ExpectedDocumentsOptions, type ExpectedRecord, expectedDocuments } from './expected-documents.ts';
export type { Charset } from './legacy-encoding.ts';
export { type HostName, OTHER_HOST, OTHER_ORIGIN, SITE_HOST, SITE_ORIGIN } from './origins.ts';
export { type RenderedAnswer, renderRoute } from './render.ts';
export type { SiteRequest } from './request-log.ts';
export type {
  Answer,
  FailureAnswer,
  FileAnswer,
  FloodAnswer,
  Link,
  PageAnswer,
  RedirectAnswer,
  Route,
  Validators,
} from './route.ts';
export { type Change, type Scenario, type ScenarioName, scenarioNamed, scenarios } from './scenario.ts';
export { siteRoutes } from './site.ts';
export { type Sitemap, type SitemapEntry, sitemaps } from './sitemaps.ts';
export { type ExampleSite, type ExampleSiteOptions, startExampleSite } from './start-example-site.ts';
