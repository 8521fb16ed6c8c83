import type { FastifyReply } from 'fastify';

/** A report of ours as CSV, to be saved as `name`.csv; names are of our ids alone. */
export function sendCsv(reply: FastifyReply, name: string, text: string): string {
  void reply.header('content-type', 'text/csv; charset=utf-8; header=present').header('content-disposition', `attachment; filename="${name}.csv"`);
  return text;
}
