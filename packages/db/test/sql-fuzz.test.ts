import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Provider, splitStatements } from '../src/index.ts';
import { tokenize } from '../src/sql/tokenizer.ts';
import { emptyDatabase, openEmpty, PROVIDERS } from './migrate-support.ts';
import { blankOut } from './sql-fuzz/blank-out.ts';
import { type Judgement, postgresqlJudge, sqliteJudge } from './sql-fuzz/judges.ts';
import { nearlySql } from './sql-fuzz/junk.ts';
import { plantedStatement } from './sql-fuzz/planted-statement.ts';

/** `npm run proof -- sql` sets these. */
const isProof = process.env.SHEAF_PROOF === 'sql';
const seed = Number(process.env.SHEAF_PROOF_SEED ?? Date.now() % 1_000_000);
const count = Number(process.env.SHEAF_PROOF_COUNT ?? (isProof ? 50_000 : 250));
const timeout = isProof ? 3_600_000 : 60_000;

/** A slash of a comment's end may look like an operator to SQLite, so characters are compared, not whole operators. */
const isWithin = (text: string, start: number, at: number): boolean => at > start && at < start + text.length;

describe.each(PROVIDERS)(`SQL texts as %s reads them (seed ${seed})`, (provider: Provider) => {
  const figures = { planted: 0, nearly: 0, verdicts: { fine: 0, syntax: 0, unfinished: 0, other: 0 } };
  afterAll(() => {
    if (isProof) process.stdout.write(`${JSON.stringify({ proof: 'sql', provider, seed, ...figures })}\n`);
  });

  it(
    'give what was planted in them',
    async () => {
      const { sql: db } = await openEmpty(provider);
      const property = fc.asyncProperty(plantedStatement(provider), async ({ text, parameters, row }) => {
        figures.planted += 1;
        expect(await db.query(text, parameters)).toEqual([row]);
      });
      await fc.assert(property, { seed, numRuns: count, endOnFailure: false });
    },
    timeout,
  );

  it(
    'are found again in a script, however they were joined',
    () => {
      const texts = fc.array(
        fc.tuple(plantedStatement(provider), fc.constantFrom(';', ' ; ', ';;\n', '\n;-- ;\n', ';/* ; */')),
      );
      fc.assert(
        fc.property(texts, (statements) => {
          const script = statements.map(([{ text }, end]) => text + end).join('');
          expect(splitStatements(script, provider).map(({ text }) => text)).toEqual(
            statements.map(([{ text }]) => text.trim()),
          );
        }),
        { seed, numRuns: Math.ceil(count / 4) },
      );
    },
    timeout,
  );

  it(
    'end their quotes and comments where the database does',
    async () => {
      const judge = provider === 'sqlite' ? sqliteJudge() : await postgresqlJudge(await emptyDatabase(provider));
      onTestFinished(() => judge.close());
      const property = fc.asyncProperty(nearlySql(provider), async (text) => {
        figures.nearly += 1;
        const tokens = tokenize(text, provider);
        expect(tokens.map((token) => token.text).join('')).toBe(text);
        const judgement = await judge.judge(text);
        figures.verdicts[judgement.verdict] += 1;
        const last = tokens.at(-1);
        // SQLite refuses the digits of a blob as a whole, so its end is agreed on.
        if (tokens.some(({ kind, text: part }) => kind === 'literal' && part === judgement.near && isBlob(part)))
          return;
        if (judgement.verdict === 'unfinished') {
          // It stops at the quote or comment that does not end; so must the tokens.
          expect(last?.isClosed).toBe(false);
          if (judgement.at !== undefined) expect(judgement.at).toBe(last?.at);
          if (judgement.near !== undefined) expect(judgement.near).toBe(last?.text);
          return;
        }
        if (judgement.verdict === 'fine') expect(last?.isClosed).toBe(true);
        if (judgement.verdict === 'syntax' && judgement.at !== undefined && !/Unicode/.test(judgement.message ?? '')) {
          const { at } = judgement;
          const quote = tokens.find((token) => isQuoteOrComment(token.kind) && isWithin(token.text, token.at, at));
          expect(quote).toBeUndefined();
        }
        if (last?.isClosed === false || /Unicode|zero-length/.test(judgement.message ?? '')) return;
        // With nothing in its quotes and comments, it is the same to the database.
        const blank = await judge.judge(blankOut(tokens));
        expect(shapeOf(blank)).toEqual(shapeOf(judgement));
      });
      await fc.assert(property, { seed, numRuns: count * 3, endOnFailure: false });
      // What the databases refuse at once proves little.
      expect(figures.verdicts.fine + figures.verdicts.other).toBeGreaterThan(figures.nearly / 20);
    },
    timeout,
  );
});

const isBlob = (text: string): boolean => /^x'[^']*'$/i.test(text);

const isQuoteOrComment = (kind: string): boolean => kind === 'literal' || kind === 'identifier' || kind === 'comment';

/** Whether it was a sentence, and if not, where it stopped being one. */
function shapeOf({ verdict, at, near }: Judgement): unknown {
  if (verdict === 'fine' || verdict === 'other') return 'a sentence';
  return { verdict, at, length: near?.length };
}
