import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { ControlsService } from '#application/controls/controls.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { view } from '../schema/shapes.js';
import { ControlListView, ControlView, ListControlsParameters } from './control.view.js';

@Controller('v1/controls')
@ApiTags('controls')
export class ControlsController {
  constructor(private readonly controls: ControlsService) {}

  @Get()
  @Operation({ id: 'listControls', summary: 'List the catalogue', scope: 'any', returns: ControlListView, problems: [422] })
  list(@AsCaller() caller: Caller, @Query() filter: ListControlsParameters): ControlListView {
    return view(ControlListView, { items: this.controls.list(caller, filter).map(ControlView.of) });
  }

  @Get(':layer/:slug')
  @Operation({ id: 'getControl', summary: 'Get a control', about: 'By its id, or an earlier one.', scope: 'any', returns: ControlView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('layer') layer: string, @Param('slug') slug: string): ControlView {
    return ControlView.of(this.controls.get(caller, `${layer}/${slug}`));
  }
}
