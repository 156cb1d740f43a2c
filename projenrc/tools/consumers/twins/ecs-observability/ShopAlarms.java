import com.example.ecsobservability.AlertRouting;
import com.example.ecsobservability.EcsServiceObservability;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ecs.BaseService;
import software.amazon.awscdk.services.ecs.IBaseService;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationTargetGroup;
import software.amazon.awscdk.services.elasticloadbalancingv2.IApplicationTargetGroup;
import software.amazon.awscdk.services.elasticloadbalancingv2.TargetGroupAttributes;
import software.amazon.awscdk.services.sns.Topic;

public final class ShopAlarms {
  private static final String ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:";

  public static void main(final String[] args) {
    final App app = new App();
    final Stack stack = new Stack(app, "ShopAlarms");

    final IBaseService service = BaseService.fromServiceArnWithCluster(stack, "Service",
        "arn:aws:ecs:eu-west-1:111122223333:service/production/shop");
    final IApplicationTargetGroup targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(stack, "TargetGroup",
        TargetGroupAttributes.builder()
            .targetGroupArn(ARN + "targetgroup/shop/0123456789abcdef")
            .loadBalancerArns(ARN + "loadbalancer/app/edge/fedcba9876543210")
            .build());

    EcsServiceObservability.Builder.create(stack, "Observability")
        .service(service)
        .targetGroup(targetGroup)
        .alerts(AlertRouting.topics(new Topic(stack, "Alerts")))
        .build();

    app.synth();
  }
}
