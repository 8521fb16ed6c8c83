import { expect, it } from 'vitest';
import { corpus } from './corpus.js';
import { disagreementsOf, disagreementText, table } from './report.js';

const root = corpus.find(({ name }) => name === 'kubeadm control plane: loopback of IPv6')!;
const asExpected = Object.entries(root.expected).map(([id, outcome]) => [id, { outcome, why: root.about }] as const);

it('finds nothing to say where all is as expected', () => {
  expect(disagreementsOf({ root, found: new Map(asExpected) })).toEqual([]);
});

it('tells an item that came to something else, why the other was expected, and one that was not judged', () => {
  const found = new Map(asExpected);
  found.set('1.3.7', { outcome: 'fail', why: 'Fails.' });
  found.delete('2.1');
  expect(disagreementsOf({ root, found }).map(disagreementText)).toEqual([
    'cis-1.12 1.3.7 on kubeadm control plane: loopback of IPv6: pass expected (::1 is loopback), fail found: Fails.',
    'cis-1.12 2.1 on kubeadm control plane: loopback of IPv6: pass expected (as on kubeadm control plane), nothing found: it was not judged',
  ]);
  expect(table([{ root, found }])).toMatch(/^1\.3 +6\/7$/m);
});
