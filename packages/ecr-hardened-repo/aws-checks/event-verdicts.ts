/** An event as EventBridge delivers it. */
export interface DeliveredEvent {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources?: string[];
  readonly detail: Record<string, unknown>;
}

/** What a rule delivered: the queue `All` gets all events of ECR and Inspector, the others what their rules match. */
export type Deliveries = Record<RuleName | 'All', DeliveredEvent[]>;

export type RuleName = 'Pushed' | 'Basic' | 'Enhanced' | 'Finding';

export type EventVerdict = 'matched' | 'DOES NOT MATCH' | 'no such event came';

/** What each rule is for, whatever its pattern. */
const MEANT: Record<RuleName, (event: DeliveredEvent) => boolean> = {
  Pushed: (event) => event['detail-type'] === 'ECR Image Action' && event.detail['action-type'] === 'PUSH',
  Basic: (event) => event['detail-type'] === 'ECR Image Scan' && hasFindings(event),
  Enhanced: (event) => event['detail-type'] === 'Inspector2 Scan' && hasFindings(event),
  Finding: (event) => event['detail-type'] === 'Inspector2 Finding' && event.detail.status === 'ACTIVE',
};

/** What the deliveries say of each rule. */
export function judge(deliveries: Deliveries): Record<RuleName, EventVerdict> {
  const verdict = (rule: RuleName): EventVerdict => {
    const ids = new Set(deliveries[rule].map(({ id }) => id));
    const meant = deliveries.All.filter(MEANT[rule]);
    if (meant.some(({ id }) => !ids.has(id))) return 'DOES NOT MATCH';
    return ids.size > 0 ? 'matched' : 'no such event came';
  };
  return {
    Pushed: verdict('Pushed'),
    Basic: verdict('Basic'),
    Enhanced: verdict('Enhanced'),
    Finding: verdict('Finding'),
  };
}

/** Whether the push and a scan, of whichever kind the registry does, were told of. */
export function allShown(verdicts: Record<RuleName, EventVerdict>): boolean {
  return verdicts.Pushed === 'matched' && (verdicts.Basic === 'matched' || verdicts.Enhanced === 'matched');
}

/** Events of a repository; others of the account are nobody's business here. */
export function ofRepository(events: DeliveredEvent[], repositoryName: string): DeliveredEvent[] {
  return events.filter((event) => JSON.stringify(event).includes(repositoryName));
}

function hasFindings({ detail }: DeliveredEvent): boolean {
  const counts = (detail['finding-severity-counts'] ?? {}) as Record<string, number>;
  return Object.values(counts).some((count) => count > 0);
}
