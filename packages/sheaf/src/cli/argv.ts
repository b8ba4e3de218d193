// What must be known of a command line before it can be parsed: the configuration names the plugins, which bring the
// commands, and a failure to parse is reported in the form that was asked for.

/** The value of an option: `--name value` or `--name=value`. */
export function optionValue(argv: readonly string[], option: string): string | undefined {
  const words = optionsOf(argv);
  const joined = words.find((word) => word.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  const index = words.indexOf(option);
  return index === -1 ? undefined : words[index + 1];
}

/** Whether a flag is given. */
export function hasFlag(argv: readonly string[], flag: string): boolean {
  return optionsOf(argv).includes(flag);
}

/** What follows `--` is no option. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}
