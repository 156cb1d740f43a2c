import com.example.djangofargateconstruct.DjangoFargateService;
import com.example.djangofargateconstruct.ScheduledCommandProps;
import com.example.djangofargateconstruct.SiteDomain;
import com.example.djangofargateconstruct.DjangoWorkerProps;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ecr.IRepository;
import software.amazon.awscdk.services.ecr.Repository;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.route53.HostedZone;
import software.amazon.awscdk.services.route53.HostedZoneAttributes;
import software.amazon.awscdk.services.route53.IHostedZone;
import software.amazon.awscdk.services.scheduler.CronOptionsWithTimezone;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;

public final class SiteExample {
  public static void main(final String[] args) {
    final App app = new App();
    final Stack stack = new Stack(app, "SiteExample");
    final IRepository repository = Repository.fromRepositoryName(stack, "Repository", "shop");
    final IHostedZone zone = HostedZone.fromHostedZoneAttributes(stack, "Zone", HostedZoneAttributes.builder()
        .hostedZoneId("Z0123456789ABCDEFGHIJ")
        .zoneName("example.com")
        .build());

    final DjangoFargateService site = DjangoFargateService.Builder.create(stack, "Site")
        .image(ContainerImage.fromEcrRepository(repository, "v1.4.2"))
        .domain(SiteDomain.hostedZone(zone, "www.example.com"))
        .build();
    site.addWorker("Worker", DjangoWorkerProps.builder().queues(List.of("default")).build());
    site.addBeat("Beat");
    site.addScheduledCommand("ClearSessions", ScheduledCommandProps.builder()
        .command(List.of("clearsessions"))
        .schedule(ScheduleExpression.cron(CronOptionsWithTimezone.builder().hour("3").minute("0").build()))
        .build());

    app.synth();
  }
}
