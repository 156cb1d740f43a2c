import type { DjangoContractOptions, UrlContractOptions } from './contract-options';
import { type ContractPlan, cookiecutterContract, standardContract, urlContract } from './contract-plans';

/** The environment variables by which Django learns of its site: under which names, and in which form. */
export class DjangoContract {
  /**
   * The variables of this package's README. Secrets arrive whole, so that Django can read one anew when its password has
   * changed.
   */
  public static standard(): DjangoContract {
    return new DjangoContract(standardContract());
  }

  /**
   * URLs, as dj-database-url and django-environ read them. The URLs are secrets that are put together at deployment, so a
   * password of the database that changes afterwards is not in them.
   *
   * @param options names that differ from the defaults
   */
  public static urls(options: UrlContractOptions = {}): DjangoContract {
    return new DjangoContract(urlContract(options));
  }

  /**
   * The variables that the production settings of a cookiecutter-django project read: `POSTGRES_…`, `REDIS_URL`, and names that begin
   * with `DJANGO_`.
   *
   * @param options what differs from the defaults
   */
  public static cookiecutterDjango(options: DjangoContractOptions = {}): DjangoContract {
    return new DjangoContract(cookiecutterContract(options));
  }

  private constructor(
    /** @internal */
    public readonly _plan: ContractPlan,
  ) {}
}
