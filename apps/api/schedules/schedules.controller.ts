import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { SchedulesService } from '#application/schedules/schedules.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { view } from '../schema/shapes.js';
import { PutScheduleInput, ScheduleListView, ScheduleParameters, ScheduleView } from './schedule.view.js';

@Controller('v1/clusters/:id')
@ApiTags('schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Get('schedules')
  @Operation({ id: 'listSchedules', summary: "A cluster's schedules, of posture and of benchmarks", scope: 'scans:read', returns: ScheduleListView, problems: [404] })
  async list(@AsCaller() caller: Caller, @Param('id') id: string): Promise<ScheduleListView> {
    return view(ScheduleListView, { items: (await this.schedules.list(caller, id)).map(ScheduleView.of) });
  }

  @Put('schedule')
  @Operation({ id: 'putSchedule', summary: "Set a cluster's schedule", scope: 'scans:write', returns: ScheduleView, problems: [400, 404, 409, 413, 415, 422] })
  put(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: PutScheduleInput) {
    return this.schedules.put(caller, id, input).then(ScheduleView.of);
  }

  @Get('schedule')
  @Operation({ id: 'getSchedule', summary: "Get a cluster's schedule", scope: 'scans:read', returns: ScheduleView, problems: [404, 422] })
  get(@AsCaller() caller: Caller, @Param('id') id: string, @Query() { kind }: ScheduleParameters) {
    return this.schedules.get(caller, id, kind).then(ScheduleView.of);
  }

  @Delete('schedule')
  @Operation({ id: 'deleteSchedule', summary: "Delete a cluster's schedule", scope: 'scans:write', status: 204, problems: [404, 422] })
  delete(@AsCaller() caller: Caller, @Param('id') id: string, @Query() { kind }: ScheduleParameters): Promise<void> {
    return this.schedules.delete(caller, id, kind);
  }
}
