/** Whether a robots.txt lets an ordinary crawler ask for a path: RFC 9309, the longest matching rule of the `*` groups. */
export function isAllowed(robots: string, path: string): boolean {
  const matching = rulesForEverybody(robots)
    .filter((rule) => rule.pattern.test(path))
    .sort((left, right) => right.length - left.length || Number(right.allows) - Number(left.allows));
  return matching[0]?.allows ?? true;
}

interface Rule {
  readonly allows: boolean;
  readonly length: number;
  readonly pattern: RegExp;
}

function rulesForEverybody(robots: string): Rule[] {
  const rules: Rule[] = [];
  let agents: string[] = [];
  let isInRules = false;
  for (const line of robots.split('\n')) {
    const [, field = '', value = ''] = /^\s*([\w-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (/^user-agent$/i.test(field)) {
      agents = isInRules ? [value] : [...agents, value];
      isInRules = false;
    }
    if (!/^(dis)?allow$/i.test(field)) continue;
    isInRules = true;
    if (!agents.includes('*') || value === '') continue;
    const source = value.replace(/[.?+^(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    rules.push({ allows: /^allow$/i.test(field), length: value.length, pattern: new RegExp(`^${source}`) });
  }
  return rules;
}
