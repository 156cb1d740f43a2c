from django.core.wsgi import get_wsgi_application

from config import env

env.default_settings("config.settings.production")
application = get_wsgi_application()
