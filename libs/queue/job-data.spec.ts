import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Job } from '#application/ports/job-queue.js';

import { parseJobData, storable, toJobData } from './job-data.js';

describe('what stands in the queue for a job', () => {
  it('comes back as the job it was', () => {
    const job: Job = { id: 'a', topic: 'scan.run', tenantId: 't', subjectId: 's', traceparent: '00-x' };
    expect(parseJobData('scan.run', JSON.parse(JSON.stringify(toJobData(job))))).toEqual(job);
  });

  it('never holds what jsonb refuses, and leaves everything else alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '\uD800', '\uDC00', '\uDC00\uD800'), (text, bad) => {
        const stored = storable(text + bad + text);
        expect(stored).not.toContain('\0');
        expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored);
        if (bad === '' && !text.includes('\0')) expect(stored).toBe(text + text);
      }),
    );
  });

  it.each([undefined, null, 7, 'text', [], {}, { id: 1, tenantId: 't', subjectId: 's' }])('is refused when it is %j', (data) => {
    expect(() => parseJobData('scan.run', data)).toThrow(TypeError);
  });
});
