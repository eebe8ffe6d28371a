import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BioscanError } from '@bioscan/core';
import {
  applyFindings,
  bold,
  readSpecimenTable,
  readSpecimens,
  tableSchemas,
  writeSpecimens,
  type Decision,
} from '@bioscan/data';
import type { AddCommand } from '../command-context.js';
import { writeTextFile } from '../write-file.js';

export const applyCommand: AddCommand = (program, contextOf) => {
  program
    .command('apply')
    .description('write a new table with the decisions of a triage; the old one stays as it is')
    .argument('<table>', 'the table that was checked')
    .argument('<decisions>', 'decisions.json, as the triage page saves it')
    .argument('<out>', 'table to write; what was changed goes beside it as <out>.log.tsv')
    .action(async (file: string, decisionFile: string, out: string, _: object, command: Command) => {
      const { console, signal } = contextOf(command);
      const decisions = readDecisions(await readFile(decisionFile, 'utf8'), decisionFile);
      const { source } = await readSpecimenTable(file, { signal, columns: ['processId'] });
      const schema = tableSchemas.find(({ name }) => name === source.schema) ?? bold;
      const applied = applyFindings(readSpecimens(file, { signal }), decisions);
      const { rows } = await writeSpecimens(out, applied.rows, schema);
      const { log } = applied;
      const lines = log.map(({ processId, field, from = '', to = '', reason }) =>
        [processId, field, from, to, reason].join('\t'),
      );
      await writeTextFile(`${out}.log.tsv`, ['processid\tfield\tfrom\tto\treason', ...lines, ''].join('\n'));
      for (const id of applied.unused()) console.say(`warning: decision about ${id}, which the table lacks`);
      console.result(`${out}: ${rows.toLocaleString('en')} records, ${log.length} changes (${out}.log.tsv)`, {
        file: out,
        rows,
        changes: log.length,
      });
    });
};

interface SavedDecision extends Decision {
  readonly verdict?: string;
}

/** Accepted cases with a change and records to be left out; rejected ones and those that need work elsewhere change nothing. */
function readDecisions(text: string, file: string): Decision[] {
  let value: { readonly format?: string; readonly decisions?: readonly SavedDecision[] };
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `cli: ${file}, got no JSON, expected decisions as the triage page saves them`,
      { file },
      { cause },
    );
  }
  if (value.format !== 'bioscan-decisions-1' || !Array.isArray(value.decisions)) {
    throw new BioscanError(
      'bad-file',
      `cli: ${file}, got no bioscan-decisions-1, expected decisions as the triage page saves them`,
      { file },
    );
  }
  const decisions: readonly SavedDecision[] = value.decisions;
  return decisions
    .filter(({ verdict }) => verdict !== 'reject')
    .map(({ processId, changes, exclude, reason }) => ({
      processId,
      ...(changes === undefined ? {} : { changes }),
      ...(exclude === undefined ? {} : { exclude }),
      ...(reason === undefined ? {} : { reason }),
    }));
}
