// AssemblyScript: the table of the best overlap of two barcodes; src/distance/overlap-table.ts says what it means and why it is exact.

/** Points of an identical site, and the cost of a letter opposite a gap with its tie-break: as src/distance/overlap-scoring.ts. */
const UNIT: i32 = 1 << 18;
const GAP: i32 = 4 * UNIT + 128;
/** No path that starts here can catch up with one that counts, up to 4,096 letters. */
const UNREACHABLE: i32 = -(1 << 30);

let n: i32 = 0;
let m: i32 = 0;
let ending: usize = 0;
let starting: usize = 0;
let reached: i32 = 0;
let excused: i32 = 0;

/**
 * Fills the table of a (n) against b (m), row by row between the outermost cells that matter.
 * arrays: 10 addresses, in this order: a, b (u8 masks), points (i32, 256), row (i32, m + 1), rowStart (i32, n + 1), lostEnding, lostStarting
 * (i32, n + 1), result (i32, 2: where the best path ends), moves (u8, at most n (m + 1)).
 */
export function fillTable(arrays: usize, rows: i32, columns: i32, reachedScore: i32, excusedLosses: i32): void {
  const a = <usize>load<u32>(arrays);
  const b = <usize>load<u32>(arrays, 4);
  const points = <usize>load<u32>(arrays, 8);
  const row = <usize>load<u32>(arrays, 12);
  const rowStart = <usize>load<u32>(arrays, 16);
  ending = <usize>load<u32>(arrays, 20);
  starting = <usize>load<u32>(arrays, 24);
  const result = <usize>load<u32>(arrays, 28);
  const moves = <usize>load<u32>(arrays, 32);
  n = rows;
  m = columns;
  reached = reachedScore;
  excused = excusedLosses;
  // Columns first..last of the row above matter; all others hold UNREACHABLE.
  let first: i32 = 0;
  let last: i32 = m;
  while (last > 0 && !matters(0, 0, last)) last--;
  for (let j: i32 = 0; j <= m; j++) store<i32>(row + ((<usize>j) << 2), j <= last ? 0 : UNREACHABLE);
  let size: i32 = 0;
  let best: i32 = 0;
  store<i32>(result, 0);
  store<i32>(result, 0, 4);
  for (let i: i32 = 1; i <= n; i++) {
    const open = matters(0, i, 0);
    const start = open ? 1 : max<i32>(1, first);
    const above = min<i32>(m, last + 1);
    store<i32>(rowStart + ((<usize>i) << 2), size - start);
    const profile = points + ((<usize>load<u8>(a + i - 1)) << 6);
    let cell = moves + size;
    let at = row + ((<usize>(start - 1)) << 2);
    let diagonal = load<i32>(at);
    let left: i32 = open ? 0 : UNREACHABLE;
    store<i32>(at, left);
    let j = start;
    for (; j <= above; j++) {
      at += 4;
      const up = load<i32>(at);
      const both = diagonal + load<i32>(profile + ((<usize>load<u8>(b + j - 1)) << 2));
      const vertical = up - GAP;
      const horizontal = left - GAP;
      const better = max<i32>(both, vertical);
      left = max<i32>(better, horizontal);
      store<i32>(at, left);
      store<u8>(cell++, select<i32>(2, select<i32>(1, 0, vertical > both), horizontal > better));
      diagonal = up;
    }
    for (; j <= m && matters(left - GAP, i, j); j++) {
      at += 4;
      left -= GAP;
      store<i32>(at, left);
      store<u8>(cell++, 2);
    }
    size += max<i32>(0, j - start);
    // Paths end in the last column of any row, or anywhere in the last row; of equal ends the first stays.
    for (let end = i == n ? start : max<i32>(start, m); end < j; end++) {
      const score = load<i32>(row + ((<usize>end) << 2));
      if (score <= best) continue;
      best = score;
      store<i32>(result, i);
      store<i32>(result, end, 4);
    }
    first = open ? 0 : start;
    last = j - 1;
    while (last >= first && drop(row, i, last)) last--;
    while (first <= last && drop(row, i, first)) first++;
  }
}

/** Whether a path through this cell can still reach the score to beat or equal it. */
function matters(score: i32, i: i32, j: i32): bool {
  const end = min<i32>(n, m - j + i);
  const lost = load<i32>(ending + ((<usize>end) << 2)) - load<i32>(starting + ((<usize>i) << 2));
  const loss = lost > 0 ? 2 * lost - min<i32>(lost, excused) : 0;
  return score > (reached - (end - i - loss) - 1) * UNIT;
}

function drop(row: usize, i: i32, j: i32): bool {
  const at = row + ((<usize>j) << 2);
  if (matters(load<i32>(at), i, j)) return false;
  store<i32>(at, UNREACHABLE);
  return true;
}
