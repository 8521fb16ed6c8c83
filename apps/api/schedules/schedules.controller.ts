import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { SchedulesService } from '#application/schedules/schedules.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PutScheduleInput, ScheduleView } from './schedule.view.js';

@Controller('v1/clusters/:id/schedule')
@ApiTags('schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Put()
  @Operation({ id: 'putSchedule', summary: "Set a cluster's schedule", scope: 'scans:write', returns: ScheduleView, problems: [400, 404, 409, 413, 415, 422] })
  put(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: PutScheduleInput) {
    return this.schedules.put(caller, id, input).then(ScheduleView.of);
  }

  @Get()
  @Operation({ id: 'getSchedule', summary: "Get a cluster's schedule", scope: 'scans:read', returns: ScheduleView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.schedules.get(caller, id).then(ScheduleView.of);
  }

  @Delete()
  @Operation({ id: 'deleteSchedule', summary: "Delete a cluster's schedule", scope: 'scans:write', status: 204, problems: [404] })
  delete(@AsCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.schedules.delete(caller, id);
  }
}
