// Serves the example site in the foreground, for people: `node examples/site/src/serve.ts --help`.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type ScenarioName, scenarioNamed, scenarios } from './scenario.ts';
import { startExampleSite } from './start-example-site.ts';

const USAGE = `Serves the example site on 127.0.0.1 until Ctrl-C.

  --port N          default 8080; 0 takes a free one
  --scenario NAME   default initial
  --slow-ms N       how long slow pages hold back, default 2000
`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    scenario: { type: 'string', default: 'initial' },
    'slow-ms': { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  print(USAGE);
} else {
  const site = await startExampleSite({
    port: Number(values.port),
    scenario: scenarioNamed(values.scenario).name,
    slowMs: Number(values['slow-ms']),
  });
  const endpoint = new URL(site.address).host;
  print(`${site.origin} is served at ${site.address}, scenario ${site.scenario}.`);
  print(`Read it with  curl --proxy ${endpoint} ${site.origin}/  or with ${endpoint} as the HTTP proxy of a browser.`);
  print('Type the name of a scenario to switch to it:');
  for (const { name, summary } of Object.values(scenarios)) print(`  ${name.padEnd(9)} ${summary}`);

  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => {
    const name = line.trim();
    if (name === '') return;
    try {
      site.setScenario(name as ScenarioName);
      print(`Scenario ${site.scenario}.`);
    } catch (error) {
      print(error instanceof Error ? error.message : String(error));
    }
  });
  process.once('SIGINT', () => {
    input.close();
    void site.close();
  });
}
