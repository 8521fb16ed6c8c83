import type { FastifyInstance } from 'fastify';

/** Which methods each address takes: the router itself only tells that it found nothing. */
export class RouteTable {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** To be called before any route is declared. */
  static of(fastify: FastifyInstance): RouteTable {
    const table = new RouteTable();
    fastify.addHook('onRoute', ({ url, method }) => table.add(url, [method].flat()));
    return table;
  }

  methodsAt(url: string): readonly string[] {
    const path = url.split('?', 1)[0]!;
    const methods = [...this.routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]);
    return [...new Set(methods)].sort();
  }

  private add(url: string, methods: readonly string[]): void {
    const pattern = new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`);
    const route = this.routes.get(url) ?? { pattern, methods: new Set<string>() };
    for (const method of methods) route.methods.add(method);
    this.routes.set(url, route);
  }
}
