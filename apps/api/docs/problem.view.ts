import { ApiField } from '../schema/api-field.js';
import { object } from '../schema/fields.js';
import { View } from '../schema/shapes.js';

@View('InputProblem', 'One thing wrong with the input.')
export class InputProblemView {
  @ApiField.text({ about: 'JSON Pointer to it, in the body or among the query parameters.', example: '/connection/server' })
  readonly pointer: string;

  @ApiField.text({ about: 'What was expected.' })
  readonly detail: string;

  @ApiField.text({ about: 'A more exact problem type.', isOptional: true, format: 'uri-reference' })
  readonly type?: string;
}

/** Describes what `problems/problem.ts` makes. */
@View('Problem', 'An error (RFC 9457).')
export class ProblemView {
  @ApiField.text({ about: 'Stable identifier of the kind of problem, and the address of its page.', format: 'uri-reference', example: '/problems/scan-active' })
  readonly type: string;

  @ApiField.text({ about: 'The kind of problem in words.' })
  readonly title: string;

  @ApiField.int({ about: 'HTTP status.', min: 400, max: 599 })
  readonly status: number;

  @ApiField.text({ about: 'What happened and what to do.' })
  readonly detail: string;

  @ApiField.text({ about: 'Path of the request.', isOptional: true, format: 'uri-reference' })
  readonly instance?: string;

  @ApiField.text({ about: 'To be quoted when reporting the problem; also in `X-Request-Id` and in the log.' })
  readonly requestId: string;

  @ApiField.list(object(() => InputProblemView), { about: 'Everything wrong with the input.', isOptional: true })
  readonly errors?: readonly InputProblemView[];
}
