const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'application/xhtml+xml',
  md: 'text/markdown',
  mdx: 'text/markdown',
  markdown: 'text/markdown',
  txt: 'text/plain',
  text: 'text/plain',
  rst: 'text/plain',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  xml: 'application/xml',
  pdf: 'application/pdf',
  svg: 'image/svg+xml',
  css: 'text/css',
  js: 'text/javascript',
};

/** The type that a file's name stands for; undefined where it stands for none that matters here. */
export function typeOfFile(path: string): string | undefined {
  const [, extension] = /\.([^./\\]+)$/.exec(path) ?? [];
  return extension === undefined ? undefined : TYPES[extension.toLowerCase()];
}
