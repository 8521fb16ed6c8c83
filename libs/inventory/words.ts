/** One string for all that are equal: a parser makes each anew, and a cluster repeats its few thousand namespaces in every object. */
export class Words {
  private readonly known = new Map<string, string>();

  shared(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, text);
    return text;
  }

  clear(): void {
    this.known.clear();
  }
}
