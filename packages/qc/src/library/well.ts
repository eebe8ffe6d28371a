/** Where a specimen lay: plate, and well counted down the columns (A01 0, B01 1 … H12 95). */
export interface Well {
  readonly plate: string;
  readonly row: number;
  readonly column: number;
  readonly name: string;
}

/** Reads plate and well off a sample id such as `BIOUG68174-B08` or `CBG-A05822-H05`; undefined for ids of any other form. */
export function parseWell(sampleId: string | undefined): Well | undefined {
  const match = /^(.+)-([A-H])(0[1-9]|1[0-2])$/.exec(sampleId ?? '');
  if (match === null) return undefined;
  const [, plate = '', row = '', column = ''] = match;
  return { plate, row: row.charCodeAt(0) - 65, column: Number(column) - 1, name: `${row}${column}` };
}
