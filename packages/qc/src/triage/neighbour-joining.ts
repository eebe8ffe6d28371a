/** A node of a tree: a tip with a name's position, or a fork. `length` is the branch above it. */
export interface TreeNode {
  readonly length: number;
  /** Position of the tip in the matrix. */
  readonly tip?: number;
  readonly children: readonly TreeNode[];
}

/**
 * Neighbour joining (Saitou and Nei 1987), rooted at the middle of the last branch. Exact on distances that fit a tree; negative branches are set
 * to 0. O(n^3): for the some dozen barcodes around a case. @param distances `(n, n)`, symmetric
 */
export function neighbourJoining(distances: readonly (readonly number[])[]): TreeNode {
  let nodes: TreeNode[] = distances.map((_, tip) => ({ length: 0, tip, children: [] }));
  let matrix = distances.map((row) => [...row]);
  while (nodes.length > 2) {
    const sums = matrix.map((row) => row.reduce((sum, value) => sum + value, 0));
    const [i, j] = closest(matrix, sums);
    const d = at(matrix, i, j);
    const first = d / 2 + ((sums[i] ?? 0) - (sums[j] ?? 0)) / (2 * (nodes.length - 2));
    const fork: TreeNode = { length: 0, children: [withLength(nodes[i], first), withLength(nodes[j], d - first)] };
    const rest = nodes.map((_, k) => k).filter((k) => k !== i && k !== j);
    const toFork = rest.map((k) => (at(matrix, i, k) + at(matrix, j, k) - d) / 2);
    matrix = [...rest.map((a, row) => [...rest.map((b) => at(matrix, a, b)), toFork[row] ?? 0]), [...toFork, 0]];
    nodes = [...rest.map((k) => nodes[k] as TreeNode), fork];
  }
  const [left, right] = nodes;
  if (right === undefined) return left ?? { length: 0, children: [] };
  const half = at(matrix, 0, 1) / 2;
  return { length: 0, children: [withLength(left, half), withLength(right, half)] };
}

function closest(matrix: readonly (readonly number[])[], sums: readonly number[]): [number, number] {
  let best: [number, number] = [0, 1];
  let least = Infinity;
  for (let i = 0; i < matrix.length; i++) {
    for (let j = i + 1; j < matrix.length; j++) {
      const value = (matrix.length - 2) * at(matrix, i, j) - (sums[i] ?? 0) - (sums[j] ?? 0);
      if (value < least) [best, least] = [[i, j], value];
    }
  }
  return best;
}

function at(matrix: readonly (readonly number[])[], i: number, j: number): number {
  return matrix[i]?.[j] ?? 0;
}

function withLength(node: TreeNode | undefined, length: number): TreeNode {
  return { children: [], ...node, length: Math.max(0, length) };
}
