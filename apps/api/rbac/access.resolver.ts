import { Args, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { AccessService } from '#application/rbac/access.service.js';
import { AsCaller } from '../access/principal.js';
import { clusterArgument, scanArgument } from '../scans/of-scan.js';
import { fewItems } from '../schema/few-items.js';
import { AccessRequestInput, CanIInput, CoversInput, EscalationArguments, RightSizeInput, RightsInput, WhatCanInput } from './access.input.js';
import { AccessDifferenceView, CanIAnswersView, CoversAnswerView, EscalationPathsView, RightSizedView, UnusedAccessView, WhatCanAnswerView, WhoCanAnswerView } from './access.view.js';

@Resolver()
export class AccessResolver {
  constructor(private readonly service: AccessService) {}

  @Query(() => CanIAnswersView, { description: 'Whether up to 100 requests are allowed by RBAC, and by which chain.' })
  canI(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') { queries }: CanIInput) {
    return this.service.canI(caller, { clusterId, scanId }, fewItems(queries, 'queries')).then(CanIAnswersView.of);
  }

  @Query(() => WhoCanAnswerView, { description: 'Who may do something, by RBAC.' })
  whoCan(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') request: AccessRequestInput) {
    return this.service.whoCan(caller, { clusterId, scanId }, request).then(WhoCanAnswerView.of);
  }

  @Query(() => WhatCanAnswerView, { description: 'All that a subject may do, by RBAC.' })
  whatCan(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') { namespace, ...subject }: WhatCanInput) {
    return this.service.whatCan(caller, { clusterId, scanId }, subject, namespace).then(WhatCanAnswerView.of);
  }

  @Query(() => CoversAnswerView, { description: "Whether one side's rights hold all of another's." })
  accessCovers(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') { owner, servant }: CoversInput) {
    return this.service.covers(caller, { clusterId, scanId }, RightsInput.read(owner, '/owner'), RightsInput.read(servant, '/servant')).then(CoversAnswerView.of);
  }

  @Query(() => RightSizedView, { description: 'Roles of exactly what a subject was seen to use in up to 100 requests, as far as it may.' })
  rightSizedAccess(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') { used, byName = false, ...subject }: RightSizeInput) {
    return this.service.rightSize(caller, { clusterId, scanId }, subject, fewItems(used, 'used'), byName).then(RightSizedView.of);
  }

  @Query(() => AccessDifferenceView, { description: 'Who may do what that they might not at an earlier scan.' })
  accessDifference(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('before', clusterArgument) before: string, @Args('scanId', scanArgument) scanId: string | undefined) {
    return this.service.difference(caller, { clusterId, scanId }, before).then(AccessDifferenceView.of);
  }

  @Query(() => UnusedAccessView, { description: 'Roles nobody is bound to, and bindings that lead nowhere.' })
  unusedAccess(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined) {
    return this.service.unused(caller, { clusterId, scanId }).then(UnusedAccessView.of);
  }

  @Query(() => EscalationPathsView, { description: 'The shortest ways to cluster-admin: of everybody, or of one subject or workload.' })
  escalationPaths(@AsCaller() caller: Caller, @Args() { clusterId, scanId, ...choice }: EscalationArguments) {
    return this.service.escalationPaths(caller, { clusterId, scanId }, EscalationArguments.read(choice)).then(EscalationPathsView.of);
  }
}
