/** A hierarchy of merges, from single points to one cluster. */
export interface Dendrogram {
  readonly points: number;
  /** `(points - 1, 2)`: a member of each of the two clusters that merge, lowest merge first. */
  readonly merges: Int32Array;
  /** `(points - 1)`, in the unit of the distances, as scikit-learn and scipy give them. */
  readonly heights: Float64Array;
}

/** Sorts merges by height; equal heights keep the order in which they were made. */
export function dendrogram(points: number, merges: Int32Array, heights: Float64Array): Dendrogram {
  const order = Int32Array.from(heights, (_, i) => i).sort(
    (a, b) => (heights[a] as number) - (heights[b] as number) || a - b,
  );
  const sorted = new Int32Array(merges.length);
  order.forEach((from, to) => {
    sorted.set(merges.subarray(2 * from, 2 * from + 2), 2 * to);
  });
  return { points, merges: sorted, heights: Float64Array.from(order, (from) => heights[from] as number) };
}

/** The partition into `clusters` clusters, numbered in order of their first point. */
export function cutDendrogram({ points, merges }: Dendrogram, clusters: number): Int32Array {
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > points) {
    throw new RangeError(`eval: a tree of ${points} points is cut into 1 to ${points} clusters, got ${clusters}`);
  }
  const parent = Int32Array.from({ length: points }, (_, i) => i);
  for (let merge = 0; merge < points - clusters; merge++) {
    const [a, b] = [root(parent, merges[2 * merge] as number), root(parent, merges[2 * merge + 1] as number)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  const numbers = new Map<number, number>();
  return Int32Array.from(parent, (_, i) => {
    const top = root(parent, i);
    const number = numbers.get(top) ?? numbers.size;
    numbers.set(top, number);
    return number;
  });
}

/** Follows parents to the top and halves the path on the way. */
function root(parent: Int32Array, start: number): number {
  let i = start;
  while (parent[i] !== i) {
    parent[i] = parent[parent[i] as number] as number;
    i = parent[i] as number;
  }
  return i;
}
