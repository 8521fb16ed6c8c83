import 'reflect-metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiField } from './api-field.js';
import { oneOf, text } from './field-type.js';
import { fromTexts, parseInput } from './fields.js';
import { namedEnum } from './named-enum.js';

const colour = namedEnum('TestColour', ['dark-red', 'blue'] as const, 'For tests.');

class Inner {
  @ApiField.text({ about: 'A name.', minLength: 1, maxLength: 5 })
  readonly name: string;
}

class Outer {
  @ApiField.int({ about: 'How many.', min: 1, max: 10 })
  readonly count: number;

  @ApiField.object(() => Inner, { about: 'Inside.', isOptional: true })
  readonly inner?: Inner;

  @ApiField.list(oneOf(colour), { about: 'Colours.', isOptional: true, max: 2 })
  readonly colours?: readonly ('dark-red' | 'blue')[];

  @ApiField.texts({ about: 'Labels.', isOptional: true })
  readonly labels?: Readonly<Record<string, string>>;

  @ApiField.text({ about: 'May be null.', isOptional: true, isNullable: true })
  readonly note?: string | null;

  @ApiField.time({ about: 'When.', isOptional: true })
  readonly at?: Date;

  @ApiField.bool({ about: 'Whether.', isOptional: true })
  readonly isOn?: boolean;
}

class Heir extends Outer {
  @ApiField.list(text({ maxLength: 3 }), { about: 'Words.', isOptional: true })
  readonly words?: readonly string[];
}

const problems = (value: unknown): readonly string[] => {
  const parsed = parseInput(Outer, value);
  return 'problems' in parsed ? parsed.problems.map(({ pointer, detail }) => `${pointer}: ${detail}`) : [];
};

describe('inputs', () => {
  it('reads what is declared', () => {
    const given = { count: 3, inner: { name: 'abc' }, colours: ['blue'], labels: { a: 'b' }, note: null, at: '2026-11-24T08:30:00+01:00', isOn: false };
    expect(parseInput(Outer, given)).toEqual({ input: Object.assign(new Outer(), given, { at: new Date('2026-11-24T07:30:00Z') }) });
  });

  it('tells what is left out from what is null', () => {
    expect(parseInput(Outer, { count: 1 })).toEqual({ input: Object.assign(new Outer(), { count: 1 }) });
    expect(problems({ count: null })).toEqual(['/count: this may not be null']);
    expect(problems({ count: 1, inner: null })).toEqual(['/inner: this may not be null']);
  });

  it('names every problem by its pointer', () => {
    expect(problems({ inner: { name: '', more: 1 }, colours: ['blue', 'green'], labels: { 'a/b~c': 1 }, at: '2026-11-24', extra: 1 })).toEqual([
      '/count: this is needed',
      '/inner/name: a string of 1 to 5 characters',
      '/inner/more: there is no such property',
      '/colours/1: one of dark-red, blue',
      '/labels/a~1b~0c: a string',
      '/at: a time such as 2026-11-24T08:30:00Z',
      '/extra: there is no such property',
    ]);
  });

  it.each([1.5, 0, 11, '1', Number.NaN, 2 ** 53])('takes no %s for a number of its range', (count) => {
    expect(problems({ count })).toHaveLength(1);
  });

  it.each([null, undefined, 1, 'text', [], [{}]])('takes no %j for an object', (value) => {
    expect(problems(value)).toEqual([': an object']);
  });

  it('lets no name reach a prototype', () => {
    expect(problems(JSON.parse('{"count":1,"__proto__":{"x":1}}'))).toEqual(['/__proto__: there is no such property']);
    expect(problems(JSON.parse('{"count":1,"labels":{"__proto__":"x"}}'))).toEqual(['/labels/__proto__: another name']);
    expect(problems({ count: 1, constructor: 1 })).toEqual(['/constructor: there is no such property']);
  });

  it('reads query parameters as the values that they stand for', () => {
    expect(fromTexts(Heir, { count: '7', isOn: 'true', colours: 'blue,dark-red', words: ['a', 'b'], other: 'x' })).toEqual({ count: 7, isOn: true, colours: ['blue', 'dark-red'], words: ['a', 'b'], other: 'x' });
    expect(fromTexts(Heir, { count: '1e1', isOn: 'yes' })).toEqual({ count: '1e1', isOn: 'yes' });
  });

  it('never throws, whatever it is given, and what it reads is as declared', () => {
    const holds = () => fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ count: fc.anything(), inner: fc.anything(), labels: fc.anything(), colours: fc.anything() }, { requiredKeys: [] })), (value) => {
        const parsed = parseInput(Outer, value);
        if ('problems' in parsed) return parsed.problems.length > 0;
        return Number.isInteger(parsed.input.count) && Object.getPrototypeOf(parsed.input) === Outer.prototype;
      }),
    );
    expect(holds).not.toThrow();
  });
});
