import { Args, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { PodSecurityService } from '#application/pod-security/pod-security.service.js';
import { AsCaller } from '../access/principal.js';
import { fewItems } from '../schema/few-items.js';
import { EvaluatePodSecurityInput, PodSecurityAnswerView } from './pod-security.view.js';

@Resolver(() => PodSecurityAnswerView)
export class PodSecurityResolver {
  constructor(private readonly service: PodSecurityService) {}

  @Query(() => PodSecurityAnswerView, { description: 'What the Pod Security Standards say of up to 100 objects.' })
  podSecurity(@AsCaller() caller: Caller, @Args('input') { level = 'restricted', version = 'latest', objects }: EvaluatePodSecurityInput) {
    return this.service.evaluate(caller, { level, version, objects: fewItems(objects, 'objects') }).then(PodSecurityAnswerView.of);
  }
}
