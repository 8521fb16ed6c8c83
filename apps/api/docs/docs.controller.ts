import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../access/access.guard.js';
import { problemTitle } from '../problems/problem.js';
import { ProtocolError } from '../problems/protocol-error.js';
import { asset } from './assets.js';
import type { AssetName } from './asset-files.js';
import { OpenApi } from './open-api.js';
import { graphiqlPage, graphiqlStart, problemPage, restPage, restStart } from './pages.js';

/** Scripts and styles from here only; inline styles, which both tools set. */
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const html = (reply: FastifyReply, text: string): void => void reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(text);
const script = (reply: FastifyReply, text: string | Buffer): void => void reply.header('cache-control', 'public, max-age=3600').type('text/javascript; charset=utf-8').send(text);
const style = (reply: FastifyReply, text: Buffer): void => void reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(text);

/** The description of both doors, for machines and for people. It is the same for everyone and tells nothing about anybody. */
@Controller()
@ApiExcludeController()
@Public()
export class DocsController {
  constructor(private readonly openApi: OpenApi) {}

  @Get('openapi.json')
  describe(@Res() reply: FastifyReply): void {
    void reply.type('application/json; charset=utf-8').send(this.openApi.json());
  }

  @Get('docs')
  rest(@Res() reply: FastifyReply): void {
    html(reply, restPage);
  }

  @Get('docs/start.js')
  restStart(@Res() reply: FastifyReply): void {
    script(reply, restStart);
  }

  @Get('docs/:file')
  async restFile(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    await sendAsset(reply, file, ['swagger-ui.css', 'swagger-ui-bundle.js']);
  }

  @Get('graphiql')
  graphql(@Res() reply: FastifyReply): void {
    html(reply, graphiqlPage);
  }

  @Get('graphiql/start.js')
  graphqlStart(@Res() reply: FastifyReply): void {
    script(reply, graphiqlStart);
  }

  @Get('graphiql/:file')
  async graphqlFile(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    await sendAsset(reply, file, ['graphiql.css', 'graphiql.js', 'react.js', 'react-dom.js']);
  }

  @Get('problems/:reason')
  problem(@Param('reason') reason: string, @Res() reply: FastifyReply): void {
    if (!/^[a-z0-9-]{1,100}$/.test(reason)) throw new ProtocolError(404, 'route-not-found', 'There is no such problem type.');
    html(reply, problemPage(problemTitle(reason), reason));
  }
}

async function sendAsset(reply: FastifyReply, file: string, served: readonly AssetName[]): Promise<void> {
  const name = served.find((known) => known === file);
  if (!name) throw new ProtocolError(404, 'route-not-found', 'There is no such file.');
  const content = await asset(name);
  if (name.endsWith('.css')) style(reply, content);
  else script(reply, content);
}
