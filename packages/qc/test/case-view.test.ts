import { describe, expect, it } from 'vitest';
import { caseView, library, type CaseView, type TreeNode } from '@bioscan/qc';
import { simulate, worlds } from '@bioscan/sim';

const { truth } = simulate({ specimens: 300, species: 20, seed: 6, world: worlds.complete });
const whole = truth.filter(({ barcode }) => barcode.length === 658);
const base = whole[0]?.barcode ?? '';
const stranger = whole.find(({ species }) => species !== whole[0]?.species)?.barcode ?? '';
const changed = (at: number): string => `${base.slice(0, at)}${base[at] === 'A' ? 'G' : 'A'}${base.slice(at + 1)}`;
const row = (processId: string, species: string, barcode: string) => ({ processId, lineage: { species }, barcode });

function leaves(node: TreeNode): number[] {
  return node.tip === undefined ? node.children.flatMap(leaves) : [node.tip];
}

describe('what stands around a case', () => {
  const rows = [
    row('CASE', 'Aus bus', base),
    row('COPY', 'Aus bus', base),
    row('TWIN1', 'Bus cus', base),
    row('TWIN2', 'Bus cus', base),
    row('SAME', 'Aus bus', changed(120)),
    row('LEFT', 'Dus dus', stranger.slice(0, 320)),
    row('RIGHT', 'Dus dus', stranger.slice(330)),
  ];
  const view = caseView(library(rows), 'CASE') as CaseView;

  it('shows the other names of its own barcode, each with its records', () => {
    expect(
      view.tips.map(({ processId, name, role, records, distance }) => [processId, name, role, records, distance > 0]),
    ).toEqual([
      ['CASE', 'Aus bus', 'case', 2, false],
      ['TWIN1', 'Bus cus', 'other', 2, false],
      ['SAME', 'Aus bus', 'same species', 1, true],
      ['LEFT', 'Dus dus', 'other', 1, true],
      ['RIGHT', 'Dus dus', 'other', 1, true],
    ]);
    expect(leaves(view.tree).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not take fragments that never meet for the same', () => {
    const depth = (node: TreeNode, tip: number): number =>
      leaves(node).includes(tip) ? node.length + node.children.reduce((sum, child) => sum + depth(child, tip), 0) : 0;
    const path = (node: TreeNode): number => {
      const both = node.children.find((child) => leaves(child).includes(3) && leaves(child).includes(4));
      if (both !== undefined) return path(both);
      return node.children.reduce((sum, child) => sum + depth(child, 3) + depth(child, 4), 0);
    };
    const least = Math.min(...view.tips.slice(3).map(({ distance }) => distance));
    expect(least).toBeGreaterThan(0.05);
    expect(path(view.tree)).toBeGreaterThan(least / 2);
  });

  it('is nothing without a barcode in the window', () => {
    expect(caseView(library([row('A', 'Aus bus', 'ACGT')]), 'A')).toBeUndefined();
    expect(caseView(library(rows), 'nobody')).toBeUndefined();
  });
});
