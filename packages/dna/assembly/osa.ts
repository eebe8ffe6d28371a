// AssemblyScript: restricted Damerau (optimal string alignment) distance, bit-parallel after Hyyro (2003), two texts at once.
// One 64-bit word of the pattern is carried over its columns before the next word starts, so its state stays in registers;
// what passes from word to word is one record a column: horizontal +1, horizontal -1 and transposition bits, two lanes each.
// Only the columns that an alignment as good as the best known one can reach are visited (Ukkonen 1985): the best known one is to shift
// nothing, and its cost, the number of differing letters, is counted first. Values outside the band are those of a real path along its edge,
// so what is computed is never below the distance, and a path within the band makes it exact.

/** Bytes of a column's record. */
const RECORD: usize = 48;

/**
 * Distances of a pattern to two texts, in the low and high 16 bits.
 * pattern, first, second: one byte a letter (code). masks: u64 a letter code, word by word, bit i = letter i of this word is that letter.
 * records: room for a record a column and one more.
 */
export function compareTwo(
  pattern: usize,
  rows: i32,
  masks: usize,
  letters: i32,
  first: usize,
  firstColumns: i32,
  second: usize,
  secondColumns: i32,
  records: usize,
): u32 {
  const bound1 = bound(pattern, rows, first, firstColumns);
  const bound2 = bound(pattern, rows, second, secondColumns);
  // A bound of 0 or 1 is the distance: only equal strings have 0.
  if (max(bound1, bound2) < 2) return bound1 | (bound2 << 16);
  const tilt1 = firstColumns - rows;
  const tilt2 = secondColumns - rows;
  const slack1 = (<i32>bound1 - abs(tilt1)) >> 1;
  const slack2 = (<i32>bound2 - abs(tilt2)) >> 1;
  const low = min(min(0, tilt1) - slack1, min(0, tilt2) - slack2) - 2;
  const high = max(max(0, tilt1) + slack1, max(0, tilt2) + slack2) + 2;
  const columns = max(firstColumns, secondColumns);
  const words = (rows + 63) >> 6;
  startRecords(records, columns);
  for (let word = 0; word < words; word++) {
    const start = word << 6;
    const from = max(0, start + low);
    const to = min(columns, start + 64 + high);
    const top = word == words - 1 ? (rows - 1) & 63 : 63;
    if (from < to) advanceWord(masks + ((<usize>(word * letters)) << 3), first, second, from, to, records, top);
  }
  const sum1 = rows + sumRecords(records, firstColumns, 0);
  const sum2 = rows + sumRecords(records, secondColumns, 1);
  return (<u32>sum1) | ((<u32>sum2) << 16);
}

/** Cost of aligning both at their starts, or both at their ends, without a shift in between: no distance is larger. */
function bound(pattern: usize, rows: i32, text: usize, columns: i32): u32 {
  const shared = min(rows, columns);
  const left = differences(pattern, text, shared);
  const right = rows == columns ? left : differences(pattern + rows - shared, text + columns - shared, shared);
  return min(left, right) + max(rows, columns) - shared;
}

/** Positions at which two byte strings differ. */
function differences(a: usize, b: usize, length: i32): u32 {
  let count: u32 = 0;
  let at: i32 = 0;
  for (; at + 16 <= length; at += 16) {
    count += popcnt(i8x16.bitmask(i8x16.ne(v128.load(a + at), v128.load(b + at))));
  }
  for (; at < length; at++) count += <u32>(load<u8>(a + at) != load<u8>(b + at));
  return count;
}

/** One word of the pattern over columns `from` to `to`; top: the bit whose horizontal differences leave this word (63, or the pattern's last). */
function advanceWord(masks: usize, first: usize, second: usize, from: i32, to: i32, records: usize, top: i32): void {
  const one = i64x2.splat(1);
  const zero = i64x2.splat(0);
  let plus = v128.not(zero); // vertical +1
  let minus = zero; // vertical -1
  let diagonal = zero; // D0 of the column before
  let before = zero; // match mask of the column before
  const end = records + <usize>to * RECORD;
  first += from;
  second += from;
  for (let record = records + <usize>from * RECORD; record < end; record += RECORD) {
    const lane = v128.load64_zero(masks + ((<usize>load<u8>(first++)) << 3));
    const match = v128.load_lane<u64>(masks + ((<usize>load<u8>(second++)) << 3), lane, 1);
    const plusIn = v128.load(record);
    const minusIn = v128.load(record, 16);
    const swapIn = v128.load(record, 32);
    const open = v128.andnot(match, diagonal);
    const swap = v128.and(v128.or(i64x2.shl(open, 1), swapIn), before);
    const x = v128.or(match, minusIn);
    const sum = v128.xor(i64x2.add(v128.and(x, plus), plus), plus);
    const level = v128.or(v128.or(sum, x), v128.or(minus, swap));
    let up = v128.or(minus, v128.not(v128.or(level, plus)));
    let down = v128.and(level, plus);
    v128.store(record, v128.and(i64x2.shr_u(up, top), one));
    v128.store(record, v128.and(i64x2.shr_u(down, top), one), 16);
    v128.store(record, i64x2.shr_u(open, 63), 32);
    up = v128.or(i64x2.shl(up, 1), plusIn);
    down = v128.or(i64x2.shl(down, 1), minusIn);
    plus = v128.or(down, v128.not(v128.or(level, up)));
    minus = v128.and(up, level);
    diagonal = level;
    before = match;
  }
}

/** The records before the first word: the top row of the table rises by one a column. */
function startRecords(records: usize, columns: i32): void {
  const one = i64x2.splat(1);
  const zero = i64x2.splat(0);
  for (let record = records, end = records + <usize>columns * RECORD; record < end; record += RECORD) {
    v128.store(record, one);
    v128.store(record, zero, 16);
    v128.store(record, zero, 32);
  }
}

/** Sum of the last row's differences over the first `columns` columns of lane 0 or 1. */
function sumRecords(records: usize, columns: i32, lane: i32): i32 {
  let sum: i32 = 0;
  const start = records + ((<usize>lane) << 3);
  for (let record = start, end = start + <usize>columns * RECORD; record < end; record += RECORD) {
    sum += load<i32>(record) - load<i32>(record, 16);
  }
  return sum;
}
