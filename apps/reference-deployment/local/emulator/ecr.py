"""ECR: an absent tag is an error. After an empty list a client believes that the image is there."""

import json

from ministack.core.responses import error_response_json
from ministack.services import ecr

from emulator.api import Native, Properties, Response


def describe_images(data: Properties, native: Native = ecr._describe_images) -> Response:
    response = native(data)
    if data.get("imageIds") and response[0] == 200 and not json.loads(response[2])["imageDetails"]:
        return error_response_json("ImageNotFoundException", "The image requested does not exist", 400)
    return response


REPLACED = ((ecr, "_describe_images", describe_images),)
