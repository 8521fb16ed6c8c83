import type { Page } from '#application/paging.js';
import type { OrganisationEntry } from '#application/organisations/organisation.js';
import type { CreatedOrganisation } from '#application/organisations/organisations.service.js';
import { ApiKeyView } from '../api-keys/api-key.view.js';
import { ApiField } from '../schema/api-field.js';
import { pageViews } from '../schema/page.js';
import { Input, View, view } from '../schema/shapes.js';

@View('Organisation', 'A tenant, as the operator sees it.')
export class OrganisationView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.text({ about: 'Its name.', maxLength: 100 })
  readonly name: string;

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  static of(this: void, { tenantId, name, createdAt }: OrganisationEntry): OrganisationView {
    return view(OrganisationView, { id: tenantId, name, createdAt });
  }
}

export const organisationPages = pageViews<OrganisationEntry, OrganisationView>('Organisation', OrganisationView, OrganisationView.of);
export type OrganisationPage = Page<OrganisationEntry>;

@Input('CreateOrganisationInput', 'A new tenant.')
export class CreateOrganisationInput {
  @ApiField.text({ about: 'Its name.', minLength: 1, maxLength: 100, example: 'Acme' })
  readonly name: string;
}

@View('CreatedOrganisation', 'A new tenant and its first key.')
export class CreatedOrganisationView {
  @ApiField.object(() => OrganisationView, { about: 'The tenant.' })
  readonly organisation: OrganisationView;

  @ApiField.object(() => ApiKeyView, { about: 'Its first key, which may do everything in it.' })
  readonly key: ApiKeyView;

  @ApiField.text({ about: "The key's token. Shown this once." })
  readonly token: string;

  static of(this: void, { organisation, key, token }: CreatedOrganisation): CreatedOrganisationView {
    return view(CreatedOrganisationView, { organisation: OrganisationView.of(organisation), key: ApiKeyView.of(key), token });
  }
}
