import type * as ecs from 'aws-cdk-lib/aws-ecs';

/** The container of one process: an image in place of the site's, variables and secrets beside the site's. */
export interface ProcessContainerOptions {
  /**
   * Image with the same project in it, built for the site's processor.
   *
   * @default - the image of the site
   */
  readonly image?: ecs.ContainerImage;

  /**
   * Further variables; one that `django.environment` has, too, has this value here. Names of the contract are refused.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Further secrets; one that `django.secrets` has, too, is this one here. Names of the contract are refused.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };
}
