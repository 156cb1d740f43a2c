import { messageOf } from './problems';

interface Made {
  readonly what: string;
  readonly remove: () => Promise<void>;
  /** Command that removes it when `remove` could not. */
  readonly byHand: string;
}

/** What a check made, to be removed whatever happens. */
export class CleanUp {
  private readonly made: Made[] = [];

  /** Call it before the thing is made: a request may be carried out whose answer never comes. */
  public add(what: string, remove: () => Promise<void>, byHand: string): void {
    this.made.push({ what, remove, byHand });
  }

  /** Removes everything, the last one first; answers whether all of it is gone. */
  public async run(print: (line: string) => void): Promise<boolean> {
    let allGone = true;
    for (const { what, remove, byHand } of this.made.splice(0).reverse()) {
      try {
        await remove();
        print(`Deleted ${what}.`);
      } catch (error) {
        allGone = false;
        print(`COULD NOT DELETE ${what}: ${messageOf(error)}\nDelete it by hand: ${byHand}`);
      }
    }
    return allGone;
  }
}
