import { describe, expect, it } from 'vitest';
import { UploadGate, type GateLimits } from './upload-gate.js';

const limits: GateLimits = { atOnce: 3, ofCluster: 2, refusals: { most: 2, aSecond: 0.1 }, refusalsOfSender: { most: 5, aSecond: 0.1 } };

describe('the gate of uploads', () => {
  it('lets so many in at once, and so many for one cluster', () => {
    const gate = new UploadGate(limits, () => 7);
    const first = gate.enter('s', 'a');
    gate.enter('s', 'a');
    expect(() => gate.enter('s', 'a')).toThrow(expect.objectContaining({ kind: 'limited', reason: 'too-many-uploads', retryAfter: 7 }));
    gate.enter('s', 'b');
    expect(() => gate.enter('s', 'c')).toThrow(expect.objectContaining({ reason: 'too-many-uploads' }));
    first.leave();
    first.leave();
    gate.enter('s', 'a');
    expect(() => gate.enter('s', 'c')).toThrow(expect.objectContaining({ reason: 'too-many-uploads' }));
  });

  it('lets good uploads in as often as they come', () => {
    const gate = new UploadGate(limits);
    for (let i = 0; i < 10_000; i++) expect(() => gate.enter('s', 'a').leave()).not.toThrow();
  });

  const refuse = (gate: UploadGate, sender: string, cluster: string): void => {
    const passage = gate.enter(sender, cluster);
    passage.refused();
    passage.leave();
  };

  it('has who is refused too often wait, and nobody else', () => {
    const gate = new UploadGate(limits);
    for (let i = 0; i < 2; i++) refuse(gate, 's', 'a');
    expect(() => gate.enter('s', 'a')).toThrow(expect.objectContaining({ kind: 'limited', reason: 'too-many-refusals', retryAfter: expect.any(Number) }));
    gate.enter('s', 'b').leave();
    gate.enter('t', 'a').leave();
  });

  it('counts refusals of a sender that names another cluster each time', () => {
    const gate = new UploadGate(limits);
    for (let i = 0; i < 5; i++) refuse(gate, 's', `cluster-${i}`);
    expect(() => gate.enter('s', 'cluster-9')).toThrow(expect.objectContaining({ reason: 'too-many-refusals' }));
    gate.enter('t', 'cluster-9').leave();
  });
});
