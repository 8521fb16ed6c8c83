const mark = /\u00ab(\w+)\u00bb/;

/** Stands in an object for a value to come; may be part of a longer string. */
export const hole = (name) => `\u00ab${name}\u00bb`;

/** JSON with holes: what objects share is written once, and each costs its own values alone. */
export class TextTemplate {
  #texts;
  #holes;

  constructor(texts, holes) {
    this.#texts = texts;
    this.#holes = holes;
  }

  static of(object) {
    const pieces = JSON.stringify(object).split(mark);
    return new TextTemplate(pieces.filter((_, i) => i % 2 === 0), pieces.filter((_, i) => i % 2 === 1));
  }

  fill(values) {
    let text = this.#texts[0];
    for (let i = 0; i < this.#holes.length; i++) text += values[this.#holes[i]] + this.#texts[i + 1];
    return text;
  }

  /** The same with the holes filled that `values` has. */
  bind(values) {
    const texts = [this.#texts[0]];
    const holes = [];
    for (const [i, name] of this.#holes.entries()) {
      const value = values[name];
      if (value === undefined) {
        holes.push(name);
        texts.push(this.#texts[i + 1]);
      } else {
        texts[texts.length - 1] += value + this.#texts[i + 1];
      }
    }
    return new TextTemplate(texts, holes);
  }
}
