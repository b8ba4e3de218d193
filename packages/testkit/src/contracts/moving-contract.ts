import { describe } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { describeMovedDocuments } from './moving/moved-documents-cases.ts';
import { describeMovedPluginRows } from './moving/moved-plugin-rows-cases.ts';
import { describeMovedTables } from './moving/moved-tables-cases.ts';
import { describeMovesBesideOthers } from './moving/moves-beside-others-cases.ts';
import { movingCases } from './moving/moving-cases.ts';
import { describeRefusedMoves } from './moving/refused-moves-cases.ts';
import { useDocuments } from './support/use-documents.ts';

/** What moving documents to another workspace promises, whatever the database. */
export function movingContract(harness: ContractHarness): void {
  describe(`moves on ${harness.name}`, () => {
    const cases = movingCases({ harness, ...useDocuments(harness) });
    describeMovedTables(cases);
    describeMovedDocuments(cases);
    describeMovedPluginRows(cases);
    describeRefusedMoves(cases);
    describeMovesBesideOthers(cases);
  });
}
