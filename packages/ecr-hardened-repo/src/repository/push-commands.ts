/** Options of `HardenedRepository.pushCommands`. */
export interface PushCommandsOptions {
  /**
   * Folder with the Dockerfile.
   *
   * @default '.'
   */
  readonly directory?: string;

  /**
   * Platform that the image is built for, as Docker names it.
   *
   * @default 'linux/amd64'
   */
  readonly platform?: string;
}
