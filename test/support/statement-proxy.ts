import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What to do at one statement of a tenant's transaction. */
export interface Strike {
  /** Which of them, counted from 1 from the first that `from` fits. */
  readonly number: number;
  readonly from: RegExp;
  /** In place of the number: the first from there that this fits. Others may come before it or not, from one run to the next. */
  readonly at?: RegExp;
  /** Whether Postgres still gets the statement; its answer is seen by nobody. */
  readonly isForwarded: boolean;
  readonly act: () => void;
}

interface Session {
  isTenant: boolean;
  isFirst: boolean;
  /** The next Bind tells whose transaction this is. */
  asksWhose: boolean;
  /** The statement is on its way; the strike comes once it is whole. */
  isStruck: boolean;
}

/**
 * A way to Postgres that reads along what the client sends, and strikes at one statement: before Postgres has it, or
 * before the client has the answer. Only statements inside a transaction of some tenant count, its commit included.
 */
export class StatementProxy {
  /** Texts of such statements, in the order of their sending, since `clear`. */
  readonly statements: string[] = [];
  private strike: Strike | undefined;
  private counted = 0;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
    private readonly passedOver: RegExp,
  ) {}

  /** Transactions that begin with a statement like `passedOver` do not count. */
  static async start(databaseUrl: string, passedOver: RegExp): Promise<StatementProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer();
    const proxy = new StatementProxy(server, { host: hostname, port: Number(port || 5432) }, passedOver);
    server.on('connection', (near) => proxy.join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same database by this way. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  clear(): void {
    this.statements.length = 0;
  }

  arm(strike: Strike | undefined): void {
    this.strike = strike;
    this.counted = 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    const far = connect(this.target.port, this.target.host);
    for (const [socket, opposite] of [[near, far], [far, near]] as const) {
      this.open.add(socket);
      // What was sent must still arrive: a commit counts although nobody waits for its answer.
      socket.on('error', () => opposite.end());
      socket.on('close', () => {
        this.open.delete(socket);
        opposite.end();
      });
    }
    far.pipe(near);

    const session: Session = { isTenant: false, isFirst: false, asksWhose: false, isStruck: false };
    let held: Buffer = Buffer.alloc(0);
    let hasGreeted = false;
    let isOver = false;
    near.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      // The first message has no type.
      for (let size; !isOver && (size = sizeOf(held, hasGreeted)) !== undefined && held.length >= size; held = held.subarray(size)) {
        const message = held.subarray(0, size);
        isOver = hasGreeted && this.passes(session, message, far) === 'over';
        if (!hasGreeted) far.write(message);
        hasGreeted = true;
      }
      if (isOver) near.destroy();
    });
  }

  /** Sends a message on, unless it is struck. */
  private passes(session: Session, message: Buffer, far: Socket): 'on' | 'over' {
    const type = String.fromCharCode(message[0]!);
    const text = textOf(type, message);
    if (type === 'B' && session.asksWhose) {
      session.asksWhose = false;
      session.isTenant = message.includes('app.tenant_id');
      session.isFirst = true;
    }
    if (text !== undefined && session.isFirst) {
      session.isFirst = false;
      if (this.passedOver.test(text)) session.isTenant = false;
    }
    if (text !== undefined && session.isTenant) {
      this.statements.push(text);
      if (this.isAimedAt(text)) {
        if (!this.strike!.isForwarded) return this.hit();
        session.isStruck = true;
      }
    }
    if (text !== undefined) {
      session.asksWhose = text.startsWith('select set_config(');
      if (/^(COMMIT|ROLLBACK|START TRANSACTION)/i.test(text)) session.isTenant = false;
    }
    far.write(message);
    // A statement with values is several messages, of which Sync is the last.
    return session.isStruck && (type === 'Q' || type === 'S') ? this.hit() : 'on';
  }

  private isAimedAt(text: string): boolean {
    if (!this.strike || (this.counted === 0 && !this.strike.from.test(text))) return false;
    this.counted++;
    return this.strike.at ? this.strike.at.test(text) : this.counted === this.strike.number;
  }

  private hit(): 'over' {
    const strike = this.strike;
    this.strike = undefined;
    strike?.act();
    return 'over';
  }
}

const sizeOf = (held: Buffer, hasGreeted: boolean): number | undefined =>
  hasGreeted ? (held.length < 5 ? undefined : 1 + held.readInt32BE(1)) : held.length < 4 ? undefined : held.readInt32BE(0);

function textOf(type: string, message: Buffer): string | undefined {
  if (type === 'Q') return cString(message, 5);
  // A Parse names its statement first.
  if (type === 'P') return cString(message, message.indexOf(0, 5) + 1);
  return undefined;
}

const cString = (message: Buffer, from: number): string => message.toString('utf8', from, message.indexOf(0, from)).trim();
