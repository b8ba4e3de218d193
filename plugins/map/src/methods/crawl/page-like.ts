/** File names that no HTML page has. What bears one is a document, but is not asked for links. */
const FILES =
  /\.(?:7z|aac|apk|avi|avif|bin|bmp|bz2|css|csv|deb|dmg|docx?|eot|epub|exe|flac|gif|gz|heic|ico|iso|jar|jpe?g|js|json|m4[av]|mjs|mkv|mov|mp[34]|mpe?g|msi|od[pst]|og[agv]|otf|pdf|png|pptx?|psd|rar|rpm|rtf|svg|tar|tgz|tiff?|ttf|txt|wasm|wav|web[mp]|wmv|woff2?|xlsx?|xml|xz|zip|zst)$/i;

/** Whether an address may lead to a page with links, as far as its name tells. */
export function isPageLike(url: string): boolean {
  return !FILES.test(new URL(url).pathname);
}
