/** A site with everything that it can have beside its web tasks. Run by `npm run bench`. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DjangoFargateService, SiteDomain } from '../lib';
import { synthesize } from './app';

synthesize(({ stack, image, zone }) => {
  const site = new DjangoFargateService(stack, 'Site', {
    image,
    domain: SiteDomain.hostedZone(zone, 'www.example.com'),
  });
  site.addWorker('Worker', { queues: ['default'] });
  site.addBeat('Beat');
  site.addScheduledCommand('ClearSessions', {
    command: ['clearsessions'],
    schedule: ScheduleExpression.cron({ hour: '3', minute: '0' }),
  });
  site.addCommand('CreateSuperuser', { command: ['createsuperuser', '--noinput'] });
});
