import { BioscanError } from '@bioscan/core';
import { fieldOf, placeInSpecimen, type SpecimenField, type SpecimenRow } from '../table/specimen-field.js';

/** What a curator decided about a record: leave it out, or write something else into some of its fields. */
export interface Decision {
  readonly processId: string;
  /** True: the record does not go into the new table. */
  readonly exclude?: boolean;
  /** New values by field; `null` empties the field. */
  readonly changes?: Readonly<Partial<Record<SpecimenField, string | number | null>>>;
  /** Which finding it answers, for the log. */
  readonly reason?: string;
}

/** One change that was made. `from` and `to` are absent where the field was or is empty. */
export interface AppliedChange {
  readonly processId: string;
  readonly field: string;
  readonly from?: string | number;
  readonly to?: string | number;
  readonly reason: string;
}

export interface AppliedFindings {
  /** The rows with the changes; those left out are gone, the others are the same objects. Read it once, to the end. */
  readonly rows: AsyncIterable<SpecimenRow>;
  /** Filled while the rows are read. */
  readonly log: readonly AppliedChange[];
  /** Decisions about records that the table lacks; complete when the rows were read. */
  readonly unused: () => readonly string[];
}

/**
 * Applies what a curator accepted and nothing else: findings themselves change nothing. The table read from is not touched; write the rows to a new
 * one (`writeSpecimens`) and keep the log beside it. A new species takes its genus along. Several decisions about a record are joined, later ones win.
 * @throws BioscanError `bad-input` for a change of the process id or of a field that is none
 */
export function applyFindings(
  rows: Iterable<SpecimenRow> | AsyncIterable<SpecimenRow>,
  decisions: Iterable<Decision>,
): AppliedFindings {
  const byRecord = new Map<string, Decision>();
  for (const decision of decisions) {
    const known = byRecord.get(decision.processId);
    byRecord.set(decision.processId, {
      ...known,
      ...decision,
      changes: checked({ ...known?.changes, ...decision.changes }, decision.processId),
    });
  }
  const unused = new Set(byRecord.keys());
  const log: AppliedChange[] = [];
  return { rows: changed(), log, unused: () => [...unused] };

  async function* changed(): AsyncGenerator<SpecimenRow> {
    for await (const row of rows) {
      const decision = byRecord.get(row.processId);
      if (decision === undefined) {
        yield row;
        continue;
      }
      unused.delete(row.processId);
      if (decision.exclude === true) {
        log.push({
          processId: row.processId,
          field: 'record',
          from: 'kept',
          to: 'left out',
          reason: decision.reason ?? '',
        });
      } else yield changedRow(row, decision, log);
    }
  }
}

type Changes = NonNullable<Decision['changes']>;

function checked(changes: Changes, processId: string): Changes {
  for (const field of Object.keys(changes)) {
    const [group] = placeInSpecimen(field);
    if (field !== 'processId' && group !== 'other') continue;
    throw new BioscanError(
      'bad-input',
      `data: decision about ${processId}, got a change of '${field}', expected a field of the record other than its process id`,
      { processId, field },
    );
  }
  const { species } = changes;
  const genus = typeof species === 'string' ? species.split(' ', 1)[0] : undefined;
  return genus === undefined || changes.genus !== undefined ? changes : { ...changes, genus };
}

function changedRow(row: SpecimenRow, { changes = {}, reason = '' }: Decision, log: AppliedChange[]): SpecimenRow {
  let result: Record<string, unknown> = { ...row };
  for (const [field, to] of Object.entries(changes)) {
    const from = fieldOf(row, field);
    if ((from ?? null) === to) continue;
    const [group, key] = placeInSpecimen(field);
    if (group === 'root') result = withValue(result, key, to);
    else result = { ...result, [group]: withValue((result[group] ?? {}) as Record<string, unknown>, key, to) };
    log.push({
      processId: row.processId,
      field,
      ...(from === undefined ? {} : { from }),
      ...(to === null ? {} : { to }),
      reason,
    });
  }
  return result as unknown as SpecimenRow;
}

function withValue(holder: Record<string, unknown>, key: string, to: string | number | null): Record<string, unknown> {
  const rest = Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
  return to === null ? rest : { ...rest, [key]: to };
}
