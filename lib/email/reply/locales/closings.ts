import { list } from './list';

/** How letters end, in lower case: a line that begins so and is hardly longer stands over the name. */
export const CLOSINGS: readonly string[] = list`
	best regards | kind regards | regards | warm regards | best wishes | sincerely | yours sincerely | yours faithfully | many thanks | thanks | thank you | cheers |
	best | all the best | mit freundlichen grüßen | mit freundlichem gruß | freundliche grüße | viele grüße | beste grüße | liebe grüße | schöne grüße |
	herzliche grüße | mfg | lg | vg | cordialement | bien cordialement | bien à vous | sincères salutations | salutations | met vriendelijke groet |
	met vriendelijke groeten | vriendelijke groeten | groeten | saludos | un saludo | saludos cordiales | atentamente | cumprimentos | com os melhores cumprimentos |
	atenciosamente | abraços | cordiali saluti | distinti saluti | saluti | un saluto | cordialment | salutacions | cu stimă | cu respect | med vänlig hälsning |
	med vänliga hälsningar | vänliga hälsningar | mvh | med venlig hilsen | venlig hilsen | med vennlig hilsen | vennlig hilsen | hilsen | kveðja | ystävällisin terveisin |
	terveisin | parimate soovidega | lugupidamisega | ar cieņu | pagarbiai | pozdrawiam | z poważaniem | serdecznie pozdrawiam | s pozdravem | s přátelským pozdravem |
	s pozdravom | lep pozdrav | lijep pozdrav | srdačan pozdrav | s poštovanjem | срдачан поздрав | üdvözlettel | tisztelettel | με εκτίμηση | με φιλικούς χαιρετισμούς |
	saygılarımla | iyi çalışmalar | с уважением | с наилучшими пожеланиями | з повагою | с уважение | поздрави | בברכה | مع أطيب التحيات | تحياتي | با احترام |
	ขอแสดงความนับถือ | trân trọng | hormat saya | salam | 此致 | 祝好 | 敬具 | よろしくお願いいたします | 감사합니다 | 드림
`;
