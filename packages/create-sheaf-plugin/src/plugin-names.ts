/** What the template calls its things, by the word that stands for each in the template. */
export type PluginNames = Readonly<
  Record<'__id__' | '__snake__' | '__camel__' | '__Pascal__' | '__package__' | '__version__', string>
>;

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Whether a word can be the id of a plugin. */
export const isPluginId = (id: string): boolean => ID.test(id);

/** The id that the name of a folder or a package suggests: `sheaf-plugin-page-weight` makes `page-weight`. */
export function idOf(name: string): string {
  return name.replace(/^@[^/]*\//, '').replace(/^sheaf-plugin-/, '');
}

export function pluginNames(id: string, packageName: string, version: string): PluginNames {
  const words = id.split('-');
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return {
    __id__: id,
    __snake__: words.join('_'),
    __camel__: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    __Pascal__: pascal,
    __package__: packageName,
    __version__: version,
  };
}
