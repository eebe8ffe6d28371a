/** Rows as RFC 4180 text, the first of them the header. */
export function csvText(rows: Iterable<readonly (string | number)[]>): string {
  const lines: string[] = [];
  for (const row of rows) lines.push(row.map((cell) => quoted(String(cell))).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** Cells that a spreadsheet would take for a formula get an apostrophe, as OWASP advises. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
