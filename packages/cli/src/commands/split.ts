import { Option, type Command } from 'commander';
import {
  bold,
  planBioscan5mSplit,
  planOpenWorldSplit,
  readSpecimens,
  splitTable,
  tableSchemas,
  validateSplits,
  writeRejects,
  writeSpecimens,
  type SpecimenRow,
  type SplitPlan,
} from '@bioscan/data';
import { tableText } from '@bioscan/report';
import type { AddCommand } from '../command-context.js';
import { wholeNumber } from '../option-parsers.js';
import { writeTextFile } from '../write-file.js';
import { readRecords } from '../read-records.js';

interface SplitOptions {
  readonly preset: 'open-world' | 'bioscan5m';
  readonly seed: number;
  readonly cap: number;
}

export const splitCommand: AddCommand = (program, contextOf) => {
  program
    .command('split')
    .description('assign every record to a split by whole barcodes, and write the table with a split column')
    .argument('<table>', 'records with process id, species, genus, BIN and barcode; may be gzipped')
    .argument(
      '<out>',
      'table to write; its plan goes beside it as <out>.plan.json, what could not be read as <out>.rejects',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'open-world: seen, unseen with keys and novel species; bioscan5m: the published rules',
      )
        .choices(['open-world', 'bioscan5m'])
        .default('open-world'),
    )
    .option('--seed <n>', 'the same seed gives the same split, whatever the order of the rows', wholeNumber(0), 0)
    .option('--cap <n>', 'records of one species at most (open-world)', wholeNumber(1), 200)
    .addHelpText('after', splitHelp)
    .action(async (file: string, out: string, options: SplitOptions, command: Command) => {
      const context = contextOf(command);
      const table = await readRecords(file, context);
      const plan = planOf(table, options);
      if (options.preset === 'bioscan5m' && command.getOptionValueSource('cap') === 'cli') {
        context.console.say('--cap belongs to the open-world preset and is not used');
      }
      const findings = validateSplits(table, plan.assignment, options.preset);
      const schema = tableSchemas.find(({ name }) => name === table.source.schema) ?? bold;
      const rows = withSplit(readSpecimens(file, { signal: context.signal }), plan.assignment);
      const { lost } = await writeSpecimens(out, rows, schema);
      for (const [name, count] of Object.entries(lost)) {
        context.console.say(
          `warning: ${count} values of ${name} have no column in ${schema.name} and were not written`,
        );
      }
      if (table.rejects.count + table.rejects.fieldCount > 0) await writeRejects(`${out}.rejects`, table.rejects);
      await writeTextFile(`${out}.plan.json`, planJson(plan, table.source.sha256));
      const counts = splitTable(table, plan.assignment);
      for (const line of plan.warnings) context.console.say(line);
      for (const finding of findings) context.console.say(`${finding.severity}: ${finding.message} (${finding.check})`);
      const { method, hash } = plan;
      context.console.result(`${tableText(counts)}\n\nsplit ${hash.slice(0, 12)} written to ${out}`, {
        file: out,
        method,
        hash,
        counts,
        findings,
      });
    });
};

const splitHelp = `
The open-world preset holds out whole species, and BINs that several species share go with them. Its splits:
  pretrain        barcodes of seen species, labels hidden; nothing of a held-out species or its BINs
  train val test  seen species
  key_unseen      reference records of the unseen species; val_unseen and test_unseen are their queries (other species each)
  other_heldout   novel species: no reference anywhere
  fragments       too short for the common window; surplus: beyond --cap`;

function planOf(records: Iterable<SpecimenRow>, { preset, seed, cap }: SplitOptions): SplitPlan {
  switch (preset) {
    case 'open-world':
      return planOpenWorldSplit(records, { seed, speciesCap: cap });
    case 'bioscan5m':
      return planBioscan5mSplit(records, { seed });
    default:
      return preset satisfies never;
  }
}

async function* withSplit(
  specimens: AsyncIterable<SpecimenRow>,
  assignment: ReadonlyMap<string, string>,
): AsyncGenerator<SpecimenRow> {
  for await (const specimen of specimens) {
    const assigned = assignment.get(specimen.processId);
    const { split, ...rest } = specimen;
    yield assigned === undefined ? rest : { ...rest, split: assigned };
  }
}

function planJson({ assignment, ...plan }: SplitPlan, dataHash: string): string {
  const counts = Object.fromEntries(
    [...new Set(assignment.values())]
      .sort()
      .map((split) => [split, [...assignment.values()].filter((s) => s === split).length]),
  );
  const { method, options, steps, warnings, hash, setAside } = plan;
  return `${JSON.stringify({ method, options, hash, dataHash, counts, steps, warnings, setAside }, undefined, 2)}\n`;
}
